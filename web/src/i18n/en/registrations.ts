import { plurals } from '../plural';

const n = plurals('en');

export default {
  registrations: {
    title: 'Registrations',
    summary: (count: number, more: boolean) => (more ? `The first ${count} devices` : n(count, { one: '# device connected now', other: '# devices connected now' })),
    caption: 'Devices that are connected now',
    columns: {
      extension: 'Extension', device: 'Device', transport: 'Transport', remote: 'Address', software: 'Software', since: 'Since', expires: 'Expires in',
      rtt: 'Delay',
    },
    rtt: (ms: string) => `${ms} ms`,
    none: 'No device is connected',
    noneBody: 'Phones and browsers appear here as soon as they sign in to the telephone system.',
    unnamed: 'SIP password of the extension',
  },
};
