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
    },
    search: 'Filter feature codes',
    searchHint: 'Code, name or what it does',
    columns: { code: 'Code', label: 'Name', what: 'What it does' },
    dial: 'Dial',
    dialOf: (name: string) => ` ${name}`,
    argument: { none: '', number: 'and a number', digits: 'and digits', optional: 'or with a number', keys: '' },
    off: 'Off',
    noMatch: 'No codes match',
    noMatchBody: 'Try another word.',
    edit: (name: string) => `Change ${name}`,
    editTitle: (name: string) => `Feature code: ${name}`,
    code: 'Code',
    codeHint: (usual: string) => `Usually ${usual}.`,
    codeWrong: 'Enter * and digits.',
    active: 'Can be dialled',
    activeKeys: 'Can be keyed',
    saved: (name: string) => `Saved: ${name}`,
  },
};
