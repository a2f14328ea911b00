export default {
  shortcuts: {
    title: 'Keyboard shortcuts',
    list: [
      { keys: ['/'], what: 'Search people or dial' },
      { keys: ['Ctrl', 'K'], what: 'Search people or dial' },
      { keys: ['Alt', 'A'], what: 'Answer the call' },
      { keys: ['Alt', 'R'], what: 'Reject the call' },
      { keys: ['Alt', 'V'], what: 'Send the call to voicemail' },
      { keys: ['Alt', 'H'], what: 'Hang up' },
      { keys: ['M'], what: 'Mute, while the phone panel has the focus' },
      { keys: ['H'], what: 'Hold, while the phone panel has the focus' },
      { keys: ['T'], what: 'Transfer, while the phone panel has the focus' },
      { keys: ['K'], what: 'Keypad, while the phone panel has the focus' },
      { keys: ['G', 'H'], what: 'Go to the Dashboard' },
      { keys: ['G', 'C'], what: 'Go to Call history' },
      { keys: ['G', 'V'], what: 'Go to Voicemail' },
      { keys: ['G', 'F'], what: 'Go to Received faxes' },
      { keys: ['?'], what: 'Show this list' },
    ],
    single: 'Use single letter shortcuts',
  },
};
