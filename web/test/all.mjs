// Runs every browser test against the invented server.
import { runFiles } from './lanes.mjs';

await runFiles(import.meta.url, 3, ['screens.mjs', 'states.mjs', 'phone.mjs', 'phone-screens.mjs', 'forms.mjs', 'faxes.mjs', 'reach.mjs', 'rates.mjs', 'widths.mjs']);
