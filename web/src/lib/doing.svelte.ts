/** What is done to a list by its buttons: one thing at a time, what went wrong in words, and the list read anew. */
import { attempt } from './attempt';
import { queries } from './queries';
import { toast } from './toast.svelte';

export class Doing {
  busy = $state(false);
  problem = $state('');

  /** @param key first part of the keys of what is read anew */
  constructor(private readonly key: string) {}

  async run(what: () => Promise<unknown>, done: string): Promise<void> {
    this.busy = true;
    this.problem = await attempt(what);
    this.busy = false;
    if (this.problem) return;
    toast(done);
    await queries.invalidateQueries({ queryKey: [this.key] });
  }
}
