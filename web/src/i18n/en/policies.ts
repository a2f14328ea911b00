import { plurals } from '../plural';

const n = plurals('en');

export default {
  policies: {
    title: 'Policies',
    summary: 'What is recorded, how long things are kept, and what is called for help.',
    forEver: 'For ever',
    days: (count: number) => n(count, { one: '# day', other: '# days' }),
    recording: 'Recordings of calls',
    recordingBody: 'Which calls are recorded is set for each extension.',
    toExtensions: 'Go to Extensions',
    keepRecordings: 'Keep recordings',
    tone: 'A tone tells of the recording',
    toneHint: 'Everybody in the call hears a short tone when a recording begins, and when somebody new comes to it.',
    kept: 'Call history, faxes and audit log',
    keepCalls: 'Keep calls',
    keepFaxes: 'Keep faxes',
    faxHint: 'Sent and received ones, with their documents.',
    keepAudit: 'Keep the audit log',
    nothing: 'Nothing is deleted by age.',
    gone: (what: string, day: string) => `${what} from before ${day} are deleted in the coming night, for good.`,
    what: { recordings: 'Recordings', calls: 'Calls with their details', faxes: 'Faxes that have ended', audit: 'Entries of the audit log' },
    auditHint: 'Who changed what. At least 30 days.',
    mailbox: 'Voicemail by phone',
    ownDevice: 'No PIN on one’s own phone',
    ownDeviceHint: '*97 from a phone of the mailbox’s own extension lets in without the PIN.',
    emergency: 'Emergency numbers',
    emergencyAddress: 'Address on file',
    emergencyAddressHint: 'Where help should come to: street, floor or room, city, in up to five lines. Whoever calls for help is shown it. An extension may have an address of its own. It is not sent to the operator.',
    emergencyNotify: 'Mail these people',
    emergencyNotifyHint: 'They get a mail at the moment when somebody here calls an emergency number: who, when, and the address on file. Up to five, with commas between.',
    emergencyNumbers: 'Called for help',
    emergencyHint: (usual: string) => `With spaces between. Such a call is never held back: not by a full trunk, a missing route or a hidden number. Empty: ${usual}.`,
    saved: 'Policy saved',
  },
};
