// The browser tests against the real program. What the page plays and what a phone hears is waited for, so that most
// of them bear company; calls.mjs and network.mjs also count what is lost.
import { runFiles } from '../lanes.mjs';

await runFiles(import.meta.url, ['pages.mjs', 'acts.mjs', 'groups.mjs', 'switches.mjs', 'settings.mjs', 'fax.mjs', 'reached.mjs', 'numbers.mjs', 'trunks.mjs'], ['calls.mjs', 'network.mjs']);
