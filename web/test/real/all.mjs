// The browser tests against the real program. What the page plays and what a phone hears is waited for, so that most
// of them bear company; calls.mjs also counts what is lost.
import { runFiles } from '../lanes.mjs';

await runFiles(import.meta.url, 3, ['network.mjs', 'pages.mjs', 'fax.mjs', 'panel.mjs', 'settings.mjs', 'groups.mjs', 'values.mjs', 'acts.mjs', 'switches.mjs', 'reached.mjs', 'rates.mjs', 'queues.mjs', 'trunks.mjs', 'push.mjs', 'push_several.mjs', 'people.mjs', 'numbers.mjs', 'turn.mjs'], ['calls.mjs']);
