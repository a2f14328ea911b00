import { plurals } from '../plural';

const n = plurals('en');

export default {
  reach: {
    title: 'What happens if someone calls?',
    titleOf: (what: string) => `What happens to a call to ${what}?`,
    me: 'me',
    asked: 'The call',
    when: 'When',
    now: 'Now',
    chosen: 'At a day and time',
    dayAndTime: 'Day and time',
    from: 'Who calls',
    fromHint: 'An extension or a number, to see rules for certain callers; “anonymous” for one who hides it.',
    wrongTime: 'Enter a day and a time.',
    flow: 'The way of the call',
    start: (who: string, what: string) => `${who} calls ${what}`,
    somebody: 'Somebody',
    hidden: 'Somebody who hides the number',
    rings: (phones: number, seconds: string) => `${n(phones, { one: '# phone rings', other: '# phones ring' })} for up to ${seconds}`,
    then: {
      noanswer: 'If nobody answers', busy: 'Busy', unavail: 'No phone is connected', rejected: 'Declined', dnd: 'Do Not Disturb is on', full: 'No place in line', empty: 'No agent is logged in', timeout: 'Waited too long', invalid: 'There is no such number',
      open: 'Open', closed: 'Closed', day: 'By day', night: 'By night', failed: 'It did not work', done: 'At its end',
    },
    passed: 'Passed on',
    end: { served: 'The caller is looked after', lost: (text: string) => `The call ends: ${text}` },
    yes: 'A call rings',
    yesUntil: (seconds: string) => `At least one phone rings, for up to ${seconds} in all.`,
    served: 'No phone rings, but the call is taken',
    servedBody: 'The system answers it.',
    no: 'The call is lost',
    noBody: (text: string) => `The caller is told: ${text}.`,
    phonesNow: 'Rules and opening hours are those of the chosen time. Which phones are connected is known only for now.',
    callMe: {
      title: 'Try it',
      body: 'A real call to your extension, by the rules of this moment and with “Who calls” as its caller. Answer it, and you hear yourself.',
      bodyOf: (who: string) => `A real call to ${who}, by the rules of this moment and with “Who calls” as its caller. Whoever answers hears an echo test.`,
      do: 'Call me', doOf: 'Make a test call',
      running: 'The call is under way. Its story comes when it is over.',
      over: (how: string) => `The call is over: ${how}.`,
      lost: 'The story did not load. The call is in the call history.',
    },
    kinds: {
      extension: 'Extension', group: 'Ring group', queue: 'Queue', hours: 'Time condition', callflow: 'Call flow', voicemail: 'Voicemail', external: 'Outside number', announce: 'Announcement', fax: 'Fax',
      music: 'Music on hold', echo: 'Echo test', directory: 'Directory by name', hangup: 'Hang up',
    },
    unlisted: 'Not found',
    unlistedBody: 'It was deleted, or the address is wrong.',
    noExtension: 'You have no extension',
    noExtensionBody: 'Calls reach people by an extension. Your administrator can give you one.',
  },
};
