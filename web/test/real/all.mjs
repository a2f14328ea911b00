// The browser tests against the real program. What the page plays and what a phone hears is waited for, so that most
// of them bear company; calls.mjs also counts what is lost.
import { runFiles } from '../lanes.mjs';

await runFiles(import.meta.url, ['pages.mjs', 'panel.mjs', 'acts.mjs', 'groups.mjs', 'queues.mjs', 'switches.mjs', 'settings.mjs', 'fax.mjs', 'reached.mjs', 'people.mjs', 'values.mjs', 'numbers.mjs', 'trunks.mjs', 'rates.mjs'], ['calls.mjs'], ['network.mjs', 'turn.mjs', 'push.mjs']);
