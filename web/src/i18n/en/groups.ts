import { plurals } from '../plural';

const n = plurals('en');

export default {
  groups: {
    list: { title: 'Ring groups', summary: 'One number that rings several people.', add: 'New ring group', caption: 'Ring groups by number', empty: 'No ring groups yet', emptyBody: 'A call to a ring group rings its members, all at once or one after the other.' },
    page: {
      title: 'Ring group', newTitle: 'New ring group', created: (name: string) => `Ring group ${name} created`, saved: (name: string) => `Ring group ${name} saved`,
      removeTitle: (name: string) => `Delete ring group ${name}?`, removeBody: 'Its members keep their own numbers. Calls to the group’s number will hear that it does not exist.', removed: (name: string) => `Ring group ${name} deleted`,
    },
    columns: { name: 'Name', number: 'Number', strategy: 'Rings', members: 'Members', next: 'If nobody answers' },
    members: (count: number) => n(count, { one: '# member', other: '# members' }),
    fields: { number: 'Number', name: 'Name', strategy: 'How it rings', ringback: 'The caller hears', musicId: 'Which music', prefix: 'Prefix for the caller’s name', next: 'If nobody answers' },
    hints: { number: 'Two to six digits, not used by an extension.', prefix: 'For example “Sales: ”, so that members see which number was called.' },
    strategies: {
      simultaneous: 'Everybody at once', sequence: 'One after the other', random: 'One after the other, in a new order each time', rollover: 'One after the other, passing over who is on a call',
    },
    everybodysMusic: 'What everybody on hold hears',
    otherMusic: 'Music of its own',
    ringbacks: { ring: 'Ringing', music: 'Music' },
    errors: { number: 'Enter two to six digits.', name: 'Enter a name.', members: 'Add at least one member.', member: 'Enter a number.', delay: 'Enter 0 to 300 seconds.', ring: 'Enter 3 to 300 seconds.' },
    who: 'Members',
    whoHint: 'Extensions, or outside numbers. Who has Do not disturb on is passed over; a member’s own voicemail never takes the group’s call.',
    none: 'Nobody yet',
    noneBody: 'Add the extensions that the group rings.',
    add: 'Add a member',
    member: (index: number) => `Member ${index}`,
    memberNumber: 'Extension or number',
    delay: 'Delay (s)',
    ring: 'Timeout (s)',
    confirm: 'Must press 1',
    confirmHint: 'So that a mobile’s voicemail cannot take the call.',
    remove: (who: string) => `Remove ${who}`,
    up: (who: string) => `Move ${who} up`,
    down: (who: string) => `Move ${who} down`,
  },
};
