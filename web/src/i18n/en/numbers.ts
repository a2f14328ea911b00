import { plurals } from '../plural';

const n = plurals('en');

export default {
  numbers: {
    title: 'Numbers',
    mine: 'My numbers',
    summary: (count: number, more: boolean) => (more ? `The first ${count} numbers` : n(count, { one: '# number', other: '# numbers' })),
    caption: 'Phone numbers and where they go',
    columns: { number: 'Number', title: 'Title', goesTo: 'Goes to', kind: 'For', active: 'State' },
    kinds: { voice: 'Calls', fax: 'Faxes' },
    active: 'Active',
    inactive: 'Not active',
    nowhere: 'Nowhere yet',
    noneMine: 'No number leads to you',
    noneMineBody: 'Your administrator decides which numbers ring at your extension.',
    none: 'No numbers yet',
    noneBody: 'Numbers that your provider gives you appear here.',
  },
};
