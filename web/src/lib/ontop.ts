/**
 * Keeps what floats over every page within reach: an open dialog covers everything outside of it, and makes it inert. While one
 * is open, the element stands inside the youngest; else where it was made.
 */
export function ontop(element: HTMLElement): () => void {
  const home = element.parentElement;

  function place(): void {
    const above = [...document.querySelectorAll<HTMLElement>('dialog:modal')].pop() ?? home;
    if (above && element.parentElement !== above) above.append(element);
  }

  const watch = new MutationObserver(place);
  watch.observe(document.body, { subtree: true, childList: true, attributeFilter: ['open'] });
  place();
  return () => {
    watch.disconnect();
    if (element.isConnected) home?.append(element);
  };
}
