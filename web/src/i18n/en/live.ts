import { plurals } from '../plural';

const n = plurals('en');

export default {
  live: {
    title: 'Live calls',
    summary: (count: number) => n(count, { one: '# call is up now', other: '# calls are up now' }),
    none: 'No calls now',
    noneBody: 'Calls appear here while they ring and while people talk.',
    caption: 'Calls that are up now',
    from: 'From', to: 'To', state: 'State', since: 'Since', length: 'Length',
    states: { ringing: 'Ringing', talking: 'Talking', held: 'On hold' },
    record: 'Record',
    recordStop: 'Stop recording',
    recordOf: (start: boolean, from: string, to: string) => `${start ? 'Record' : 'Stop recording'} the call from ${from} to ${to}`,
    recordStarted: 'The recording began',
    recordStopped: 'The recording was stopped',
    recordings: { on: 'Recorded', paused: 'Recording paused' },
    hangUp: 'Hang up',
    hangUpOf: (from: string, to: string) => `Hang up the call from ${from} to ${to}`,
    confirm: 'Hang up this call?',
    confirmBody: (from: string, to: string) => `${from} and ${to} are cut off at once.`,
    done: 'The call was ended',
  },
};
