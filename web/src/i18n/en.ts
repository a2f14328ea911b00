import account from './en/account';
import admin from './en/admin';
import calls from './en/calls';
import common from './en/common';
import phone from './en/phone';

export default { ...common, ...calls, ...account, ...admin, ...phone };
