// The browser tests against the real program. What the page plays and what a phone hears is waited for, so that they
// bear company.
import { runFiles } from '../lanes.mjs';

await runFiles(import.meta.url, 3, ['panel.mjs', 'pages.mjs', 'calls.mjs', 'settings.mjs', 'groups.mjs', 'values.mjs', 'acts.mjs', 'switches.mjs', 'reached.mjs', 'rates.mjs', 'queues.mjs', 'trunks.mjs', 'push.mjs', 'push_several.mjs', 'people.mjs', 'numbers.mjs', 'turn.mjs'], ['network.mjs', 'fax.mjs']);
