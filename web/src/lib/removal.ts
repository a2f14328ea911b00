/** Deleting what a page is about: asked for, told of, and the page left. */
import { tick } from 'svelte';
import { ask } from './confirm.svelte';
import { queries, whileGoing } from './queries';
import { go } from './router.svelte';
import { toast } from './toast.svelte';

interface Removal {
  title: string;
  body: string;
  action: string;
  id: string;
  remove: (id: string) => Promise<void>;
  /** First part of the query of the list it was in. */
  list: string;
  /** Its form: what was typed goes with it. */
  form: { discard: () => void };
  told: string;
  to: string;
}

export function askRemoval({ title, body, action, id, remove, list, form, told, to }: Removal): void {
  ask({
    title, body, action,
    run: async () => {
      await whileGoing(id, async () => {
        await remove(id);
        form.discard();
        toast(told);
        go(to, { replace: true, within: true });
        await tick();
      });
      await queries.invalidateQueries({ queryKey: [list] });
    },
  });
}
