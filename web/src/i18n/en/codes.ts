import { plurals } from '../plural';

const n = plurals('en');

export default {
  codes: {
    title: 'Feature codes',
    summary: (count: number) => n(count, { one: '# code that you can dial on any phone', other: '# codes that you can dial on any phone' }),
    caption: 'Feature codes by number',
    inCall: {
      title: 'Keys during a call',
      body: 'For phones without buttons for it. The other side hears music while you key a number; end the number with #.',
      rows: [
        { keys: '*1', label: 'Transfer', what: '*1, a number and #: the other side is connected there; if nobody answers it comes back to you' },
        { keys: '*4', label: 'Ask, then transfer', what: '*4, a number and #: you talk to whom you called; hang up to connect the two, or key *4 to go back' },
        { keys: '*2', label: 'Record', what: 'Recording on and off' },
      ],
    },
    search: 'Filter feature codes',
    searchHint: 'Code, name or what it does',
    columns: { code: 'Code', label: 'Name', what: 'What it does' },
    dial: 'Dial',
    dialOf: (name: string) => ` ${name}`,
    argument: { none: '', number: 'and a number', digits: 'and digits', optional: 'or with a number' },
    off: 'Off',
    noMatch: 'No codes match',
    noMatchBody: 'Try another word.',
    edit: (name: string) => `Change ${name}`,
    editTitle: (name: string) => `Feature code: ${name}`,
    code: 'Code',
    codeHint: (usual: string) => `Usually ${usual}.`,
    codeWrong: 'Enter * and digits.',
    active: 'Can be dialled',
    saved: (name: string) => `Saved: ${name}`,
  },
};
