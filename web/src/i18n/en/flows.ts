export default {
  flows: {
    list: { title: 'Call flows', summary: 'A switch between day and night, by a code on any phone or here.', add: 'New call flow', caption: 'Call flows by name', empty: 'No call flows yet', emptyBody: 'The last to leave switches to night, and calls go elsewhere until somebody switches back.' },
    page: {
      title: 'Call flow', newTitle: 'New call flow', created: (name: string) => `${name} created`, saved: (name: string) => `${name} saved`,
      removeTitle: (name: string) => `Delete ${name}?`, removeBody: 'Point the numbers that use it elsewhere first.', removed: (name: string) => `${name} deleted`,
    },
    columns: { name: 'Name', number: 'Number', now: 'Now', day: 'By day', night: 'By night' },
    isDay: 'Day',
    isNight: 'Night',
    toNight: 'Switch to night',
    toDay: 'Switch to day',
    switched: (name: string, night: boolean) => (night ? `${name} is on night` : `${name} is on day`),
    nowhere: 'The call ends',
    fields: { number: 'Number', name: 'Name', isNight: 'Night', pin: 'PIN', day: 'By day', night: 'By night' },
    hints: {
      number: (code: string) => `1 to 99. ${code} and this number switches it; a lamp key of a phone on that number shows it.`, isNight: 'Calls go where it says for the night.',
      pin: 'Four to ten digits, asked for by phone. Empty: none.', pinKept: 'There is one. Enter a new one to change it.',
    },
    noPin: 'Ask for no PIN any more',
    errors: { number: 'Enter a number from 1 to 99.', name: 'Enter a name.', pin: 'Enter four to ten digits.' },
  },
};
