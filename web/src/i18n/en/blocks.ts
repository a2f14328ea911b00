import { plurals } from '../plural';

const n = plurals('en');

export default {
  blocks: {
    list: { title: 'Call block', summary: 'Callers who do not get through.', add: 'Block a caller', caption: 'Blocked callers', empty: 'Nobody is blocked', emptyBody: 'Block a number, every number that begins alike, or callers who hide theirs.' },
    page: {
      title: 'Blocked caller', newTitle: 'Block a caller', created: () => 'Blocked', saved: () => 'Rule saved',
      removeTitle: (name: string) => `Let ${name} through again?`, removeBody: 'The rule is deleted.', removed: (name: string) => `${name} gets through again`,
    },
    everybody: 'For everybody',
    mine: 'For me',
    whose: 'Whose rules',
    columns: { who: 'Who', action: 'What happens', note: 'Note', use: 'Used', active: 'State' },
    kinds: { number: 'One number', prefix: 'Numbers that begin with', anonymous: 'Hidden numbers' },
    prefix: (pattern: string) => `${pattern}…`,
    anonymous: 'Hidden numbers',
    actions: { reject: 'Refused', busy: 'Hears busy', voicemail: 'Goes to voicemail' },
    fields: { kind: 'Who', pattern: 'Number', action: 'What happens', note: 'Note', active: 'Active' },
    hints: { pattern: 'An extension, or a number such as +14155550110.', prefix: 'The beginning, such as +4490.', active: 'Switched off, the rule is kept but holds nobody back.' },
    errors: { pattern: 'Enter a number.' },
    on: 'Active',
    off: 'Off',
    used: (calls: number, when: string) => `${n(calls, { one: '# call', other: '# calls' })}, last ${when}`,
    never: 'Not yet',
  },
};
