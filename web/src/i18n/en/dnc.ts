import { plurals } from '../plural';

const n = plurals('en');

export default {
  dnc: {
    export: 'Download CSV',
    import: {
      action: 'Import CSV',
      title: 'Import numbers',
      body: 'A CSV file of at most 8 MB with a number in each line; a note and the day it was asked for may follow. What is on the list already stays as it is.',
      sample: 'number,note,added\n+14155550110,Asked by phone,2026-01-31',
      choose: 'Choose a file',
      busy: 'Importing',
      tooLarge: 'The file is larger than 8 MB. Split it, and import the parts one after the other.',
      done: (count: number) => n(count, { one: '# number is on the list now.', other: '# numbers are on the list now.' }),
      known: (count: number) => (count ? n(count, { one: '# was there already.', other: '# were there already.' }) : ''),
      refused: (count: number) => n(count, { one: '# line could not be taken:', other: '# lines could not be taken:' }),
      refusedLines: 'Lines that could not be taken',
      line: (line: number) => `Line ${line}:`,
      why: (field: string, reason: string) => `${({ number: 'The number', note: 'The note', added: 'The day', line: 'The line' } as Record<string, string>)[field] ?? field} ${reason}.`,
      rest: (count: number) => n(count, { one: '# more line like these.', other: '# more lines like these.' }),
      again: 'Mend them and import the file again: the other lines are passed over then.',
    },
    list: {
      title: 'Do not contact', summary: 'Numbers that no fax is sent to.', add: 'Add a number', caption: 'Numbers that no fax is sent to', empty: 'The list is empty', emptyBody: 'Add the number of whoever does not want faxes. It is looked up each time before a fax is sent.',
      search: { label: 'Find a number', hint: 'Number or note', none: 'No number on the list fits' },
    },
    page: {
      title: 'Do not contact', newTitle: 'Add a number', created: () => 'No fax is sent to this number any more', saved: () => 'Note saved',
      removeTitle: (name: string) => `Send faxes to ${name} again?`, removeBody: 'The number is taken from the list.', removed: (name: string) => `${name} may get faxes again`,
    },
    columns: { number: 'Number', note: 'Note', by: 'Added by', at: 'Added' },
    fields: { number: 'Number', note: 'Note' },
    hints: { number: 'Such as +14155550110.' },
    errors: { number: 'Enter a number.' },
    added: (by: string, at: string) => `Added by ${by || 'somebody'}, ${at}.`,
  },
};
