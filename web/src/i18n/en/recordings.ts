import { plurals } from '../plural';

const n = plurals('en');

export default {
  recordings: {
    title: 'Recordings',
    summary: (count: number, more: boolean) => (more ? `The latest ${count} recordings` : n(count, { one: '# recording', other: '# recordings' })),
    policies: 'What is recorded',
    search: 'Filter by name or number of who talked',
    searchHint: 'Person or number',
    caption: 'Recordings, newest first',
    list: 'Recordings',
    between: (from: string, to: string) => `${from} to ${to}`,
    forgotten: 'A call that is no longer in the history',
    play: (what: string) => `Play the call ${what}`,
    close: (what: string) => `Close the call ${what}`,
    by: { rule: 'by rule', key: 'by a key', api: 'from the portal' },
    of: (extension: string) => `for ${extension}`,
    call: 'Show the call',
    download: 'Download',
    remove: 'Delete',
    removeTitle: 'Delete this recording?',
    removeBody: 'It is gone for good: it cannot be brought back.',
    removed: 'Recording deleted',
    empty: 'No recordings yet',
    emptyBody: 'Calls are recorded by the rule of an extension, by *2 during a call, or by the Record button.',
    noMatch: 'No recording fits',
    noMatchBody: 'Try a longer date range or clear the filter.',
  },
};
