import { plurals } from '../plural';

const n = plurals('en');

export default {
  numbers: {
    title: 'Numbers',
    summary: (count: number, more: boolean) => (more ? `The first ${count} numbers` : n(count, { one: '# number', other: '# numbers' })),
    caption: 'Phone numbers and where they go',
    columns: { number: 'Number', title: 'Title', goesTo: 'Goes to', kind: 'For', active: 'State' },
    kinds: { voice: 'Calls', fax: 'Faxes' },
    active: 'Active',
    inactive: 'Not active',
    nowhere: 'Nowhere yet',
    none: 'No numbers yet',
    noneBody: 'Numbers that your provider gives you appear here.',
  },
};
