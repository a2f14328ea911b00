/** What was typed and not saved: whoever goes away is asked once, however many forms there are. */
import { t } from '../i18n/form';
import { guardLeaving } from './router.svelte';

const warn = (event: BeforeUnloadEvent): void => event.preventDefault();

/** Counts who holds; the first one begins, the last one ends. */
function counted(begin: () => () => void): () => () => void {
  let held = 0;
  let end: (() => void) | undefined;
  return () => {
    held += 1;
    if (held === 1) end = begin();
    return () => {
      held -= 1;
      if (!held) end?.();
    };
  };
}

/** Something outlives the page but not the window, until the returned function is called. */
export const holdWindow = counted(() => {
  addEventListener('beforeunload', warn);
  return () => removeEventListener('beforeunload', warn);
});

/** Something on the page is not saved, until the returned function is called. */
export const holdUnsaved = counted(() => {
  const frees = [guardLeaving(() => confirm(t.form.leave)), holdWindow()];
  return () => frees.forEach((free) => free());
});
