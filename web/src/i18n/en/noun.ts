export default {
  noun: {
    create: 'Create',
    remove: 'Delete',
    back: 'Back to the list',
    noMatchBody: 'Try another part of the number or the name.',
    loading: 'What you look for',
    unlisted: 'Not found',
    unlistedBody: 'It was deleted, or the address is wrong.',
    then: {
      nowhere: 'Nowhere: the call ends',
      kind: (label: string) => `${label}: kind`,
      target: 'Which',
      missing: 'Choose where the call goes.',
      none: 'There is none yet',
      choose: 'Choose…',
      kinds: {
        extension: 'Extension', group: 'Ring group', queue: 'Queue', hours: 'Time condition', callflow: 'Call flow', voicemail: 'Voicemail of', external: 'Outside number',
        announce: 'Announcement', fax: 'Fax of', music: 'Music on hold', echo: 'Echo test', conference: 'Conference', directory: 'Directory by name', hangup: 'Hang up',
      },
      numbers: { extension: 'Extension', voicemail: 'Extension', fax: 'Extension', external: 'Number, such as +14155550110', echo: 'Delay in ms', conference: 'Number of the room' },
      prompts: {
        'vm-nobodyavail': 'Nobody is available', 'please-try-call-later': 'Try to call later', 'all-circuits-busy-now': 'All lines are busy',
        'ss-noservice': 'The number is not in service', 'feature-not-avail-line': 'This is not possible on this line', 'vm-goodbye': 'Goodbye',
      },
    },
  },
};
