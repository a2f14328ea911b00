import { plurals } from '../plural';

const n = plurals('en');

export default {
  form: {
    emailMissing: 'Enter an email address.',
    emailWrong: 'Enter an email address like name@example.com.',
    changes: (count: number) => n(count, { one: '# change', other: '# changes' }),
    save: 'Save',
    saving: 'Saving…',
    discard: 'Discard',
    saved: 'Saved',
    leave: 'You have changes that are not saved. Leave this page and lose them?',
    saveBar: 'Unsaved changes',
  },
};
