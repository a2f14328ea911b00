import { plurals } from '../plural';

const n = plurals('en');

export default {
  signIn: {
    title: 'Sign in',
    to: (what: string) => `to ${what}`,
    email: 'Email',
    password: 'Password',
    remember: 'Keep me signed in on this device',
    action: 'Sign in',
    busy: 'Signing in…',
    wrong: 'The email or the password is wrong.',
    locked: (minutes: number) =>
      `Too many tries. Wait ${n(minutes, { one: '# minute', other: '# minutes' })}, or ask your administrator to unlock you.`,
    forgot: 'Forgotten your password?',
    forgotTitle: 'Forgotten password',
    forgotBody: 'A link for a new password comes to you by mail.',
    forgotAction: 'Send me a link',
    forgotSent: 'Look into your mail.',
    forgotNote: 'If somebody has this address here, a link is on its way. It is good for an hour, and once.',
    askedOften: 'Too many tries. Wait some minutes, then try again.',
    back: 'Back to sign-in',
    resetTitle: 'New password',
    resetBody: 'It counts for the portal; your phones keep their own.',
    newPassword: 'New password',
    newHint: 'At least 10 characters.',
    newMissing: 'Enter a new password.',
    resetAction: 'Set the password',
    resetDone: 'Your new password is set.',
    resetNote: 'Every browser that was signed in as you has to sign in again.',
    linkSpent: 'This link is not good any more.',
    newLink: 'Ask for a new link',
    expired: 'Sign in to go on.',
    help: 'Trouble signing in? Contact your administrator.',
    helpMail: (address: string) => `Trouble signing in? Write to ${address}.`,
  },
};
