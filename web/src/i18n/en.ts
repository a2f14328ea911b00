/** English as a whole: what a translator starts from, and what the tests read. */
import account from './en/account';
import calls from './en/calls';
import callsettings from './en/callsettings';
import codes from './en/codes';
import common from './en/common';
import devices from './en/devices';
import extensions from './en/extensions';
import fax from './en/fax';
import follow from './en/follow';
import form from './en/form';
import home from './en/home';
import live from './en/live';
import numbers from './en/numbers';
import phone from './en/phone';
import registrations from './en/registrations';
import shortcuts from './en/shortcuts';
import signIn from './en/sign-in';
import tenants from './en/tenants';
import users from './en/users';
import voicemail from './en/voicemail';
import type { Catalogue } from './language';

const english: Catalogue = { account, calls, callsettings, codes, common, devices, extensions, fax, follow, form, home, live, numbers, phone, registrations, shortcuts, signIn, tenants, users, voicemail };
export default english;
