import { plurals } from '../plural';

const n = plurals('en');
const list = new Intl.ListFormat('en');

export default {
  home: {
    morning: (name: string) => `Good morning, ${name}`,
    afternoon: (name: string) => `Good afternoon, ${name}`,
    evening: (name: string) => `Good evening, ${name}`,
    upToDate: (day: string) => `${day}. You are up to date.`,
    open: (day: string, missed: number, messages: number, faxes: number) => {
      const parts = [
        missed ? n(missed, { one: '# missed call', other: '# missed calls' }) : '', messages ? n(messages, { one: '# new message', other: '# new messages' }) : '',
        faxes ? n(faxes, { one: '# fax to look at', other: '# faxes to look at' }) : '',
      ];
      return `${day}. You have ${list.format(parts.filter(Boolean))}.`;
    },
    voicemail: 'Voicemail',
    newMessages: (count: number) => n(count, { one: '# new message', other: '# new messages' }),
    noMessages: 'No new messages',
    faxes: 'Faxes',
    newFaxes: (count: number) => n(count, { one: '# new fax', other: '# new faxes' }),
    noFaxes: 'No new faxes',
    failedFaxes: (count: number) => n(count, { one: '# failed this week', other: '# failed this week' }),
    pagesReceived: (count: number) => n(count, { one: '# page received', other: '# pages received' }),
    seeAll: 'See all',
    look: 'Look',
    faxesSent: 'Faxes sent, 7 days',
    faxesReceived: 'Faxes received, 7 days',
    heard: (count: number) => n(count, { one: '# heard', other: '# heard' }),
    listen: 'Listen',
    what: 'Dashboard',
    reach: 'How calls reach me',
    reachBody: 'Calls reach you',
    devicesReady: (count: number) => n(count, { one: '# device ready', other: '# devices ready' }),
    connecting: 'Connecting',
    connectingBody: 'Almost ready',
    noDevice: 'No device is connected',
    noDeviceBody: 'Calls to you cannot ring now. Open the phone here, or connect a desk phone.',
    openPhone: 'Open the phone',
    registered: 'Connected',
    notRegistered: 'Not connected',
    missed: 'Missed calls',
    noMissed: 'No missed calls',
    noMissedBody: 'Calls you miss will be listed here.',
    callBack: 'Call back',
    rang: (span: string) => `rang ${span}`,
    calledTimes: (count: number) => n(count, { one: 'called once', two: 'called twice', other: 'called # times' }),
    calledTwice: 'called twice',
    week: 'This week',
    answered: (count: string) => `Answered ${count}`,
    missedCount: (count: string) => `Missed ${count}`,
    weekRow: (missed: number) => ` calls, ${missed} missed`,
    quiet: 'No calls this week',
    counters: 'At a glance',
    extensions: 'Extensions', queues: 'Queues', devices: 'Devices', callsToday: 'Calls today',
  },
};
