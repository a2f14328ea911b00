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
    expired: 'Sign in to go on.',
    help: 'Trouble signing in? Contact your administrator.',
    helpMail: (address: string) => `Trouble signing in? Write to ${address}.`,
  },
};
