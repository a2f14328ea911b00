// Runs every browser test against the invented server.
import { runFiles } from './lanes.mjs';

await runFiles(import.meta.url, 3, ['screens.mjs', 'states.mjs', 'reach.mjs', 'forms.mjs', 'faxes.mjs', 'rates.mjs', 'widths.mjs', 'phone-screens.mjs'], ['phone.mjs']);
