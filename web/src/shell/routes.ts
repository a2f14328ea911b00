/** What there is, who may open it, and where it stands in the menu. */
import type { Component } from 'svelte';
import Activity from '@lucide/svelte/icons/activity';
import Asterisk from '@lucide/svelte/icons/asterisk';
import Building2 from '@lucide/svelte/icons/building-2';
import CircleUserRound from '@lucide/svelte/icons/circle-user-round';
import Hash from '@lucide/svelte/icons/hash';
import FileClock from '@lucide/svelte/icons/file-clock';
import History from '@lucide/svelte/icons/history';
import House from '@lucide/svelte/icons/house';
import Inbox from '@lucide/svelte/icons/inbox';
import Newspaper from '@lucide/svelte/icons/newspaper';
import PhoneForwarded from '@lucide/svelte/icons/phone-forwarded';
import Plug from '@lucide/svelte/icons/plug';
import RouteIcon from '@lucide/svelte/icons/route';
import Send from '@lucide/svelte/icons/send';
import Users from '@lucide/svelte/icons/users';
import Voicemail from '@lucide/svelte/icons/voicemail';
import { t } from '../i18n';
import { match, type Match } from '../lib/match';
import { may, type Me } from '../lib/session.svelte';

type Page = Component<{ params: Match }>;
type Loader = () => Promise<{ default: Page }>;
type Access = (me: Me) => boolean;

export interface Route {
  patterns: string[];
  load: Loader;
  access: Access;
}

const everyone: Access = () => true;
const member: Access = (me) => me.tenant !== null;
const owner: Access = (me) => member(me) && me.extension !== null;
const platform: Access = (me) => me.user.role === 'platform';
/** The parts that an administrator has, and others who were granted them. */
const grant = (token: string): Access => (me) => may(token, me);

const load = (loader: () => Promise<{ default: unknown }>): Loader => loader as Loader;

export const routes: Route[] = [
  { patterns: ['/'], access: member, load: load(() => import('../pages/Home.svelte')) },
  { patterns: ['/calls', '/calls/:id'], access: member, load: load(() => import('../pages/calls/Calls.svelte')) },
  { patterns: ['/voicemail'], access: owner, load: load(() => import('../pages/voicemail/VoicemailPage.svelte')) },
  { patterns: ['/fax/send'], access: grant('send_fax'), load: load(() => import('../pages/fax/SendFax.svelte')) },
  { patterns: ['/fax/sent', '/fax/sent/:id'], access: grant('send_fax'), load: load(() => import('../pages/fax/SentFaxes.svelte')) },
  { patterns: ['/fax/received', '/fax/received/:id'], access: grant('receive_fax'), load: load(() => import('../pages/fax/ReceivedFaxes.svelte')) },
  { patterns: ['/fax/cover-pages', '/fax/cover-pages/:id'], access: grant('cover_page'), load: load(() => import('../pages/fax/CoverPages.svelte')) },
  { patterns: ['/follow-me'], access: owner, load: load(() => import('../pages/follow/FollowMe.svelte')) },
  { patterns: ['/feature-codes'], access: member, load: load(() => import('../pages/FeatureCodes.svelte')) },
  { patterns: ['/tenants'], access: platform, load: load(() => import('../pages/Tenants.svelte')) },
  { patterns: ['/account'], access: everyone, load: load(() => import('../pages/account/Account.svelte')) },
  { patterns: ['/extensions'], access: grant('extensions'), load: load(() => import('../pages/extensions/Extensions.svelte')) },
  { patterns: ['/extensions/new'], access: grant('extensions'), load: load(() => import('../pages/extensions/NewExtension.svelte')) },
  { patterns: ['/extensions/:id'], access: grant('extensions'), load: load(() => import('../pages/extensions/Extension.svelte')) },
  { patterns: ['/users'], access: grant('users'), load: load(() => import('../pages/users/Users.svelte')) },
  { patterns: ['/users/new'], access: grant('users'), load: load(() => import('../pages/users/NewUser.svelte')) },
  { patterns: ['/users/:id'], access: grant('users'), load: load(() => import('../pages/users/User.svelte')) },
  { patterns: ['/registrations'], access: grant('realtime'), load: load(() => import('../pages/Registrations.svelte')) },
  { patterns: ['/numbers'], access: member, load: load(() => import('../pages/Numbers.svelte')) },
  { patterns: ['/live'], access: grant('realtime'), load: load(() => import('../pages/LiveCalls.svelte')) },
];

export function findRoute(path: string): { route: Route; params: Match } | null {
  for (const route of routes) {
    for (const pattern of route.patterns) {
      const params = match(pattern, path);
      if (params) return { route, params };
    }
  }
  return null;
}

export interface MenuItem {
  href: string;
  label: string;
  icon: typeof House;
}

export interface MenuGroup {
  title: string;
  items: MenuItem[];
}

/** Only what the person may open; a group without items is not there. */
export function menuFor(me: Me): MenuGroup[] {
  const allNumbers = may('inbound_routes', me);
  const groups: MenuGroup[] = [
    { title: t.shell.platform, items: [{ href: '/tenants', label: t.nav.tenants, icon: Building2 }] },
    { title: '', items: [{ href: '/', label: t.nav.home, icon: House }] },
    { title: t.shell.calls, items: [
      { href: '/calls', label: t.nav.calls, icon: History },
      { href: '/voicemail', label: t.nav.voicemail, icon: Voicemail },
      { href: '/live', label: t.nav.live, icon: Activity },
    ] },
    { title: t.shell.fax, items: [
      { href: '/fax/send', label: t.nav.sendFax, icon: Send },
      { href: '/fax/received', label: t.nav.receivedFaxes, icon: Inbox },
      { href: '/fax/sent', label: t.nav.sentFaxes, icon: FileClock },
      { href: '/fax/cover-pages', label: t.nav.coverPages, icon: Newspaper },
    ] },
    { title: t.shell.phoneSystem, items: [
      { href: '/extensions', label: t.nav.extensions, icon: Hash },
      { href: '/registrations', label: t.nav.registrations, icon: Plug },
      ...(allNumbers ? [{ href: '/numbers', label: t.nav.numbers, icon: PhoneForwarded }] : []),
    ] },
    { title: t.shell.myPhone, items: [
      { href: '/follow-me', label: t.nav.follow, icon: RouteIcon },
      ...(allNumbers ? [] : [{ href: '/numbers', label: t.nav.myNumbers, icon: PhoneForwarded }]),
      { href: '/feature-codes', label: t.nav.codes, icon: Asterisk },
    ] },
    { title: t.shell.organisation, items: [{ href: '/users', label: t.nav.users, icon: Users }] },
    { title: t.shell.accountGroup, items: [{ href: '/account', label: t.nav.account, icon: CircleUserRound }] },
  ];
  return groups
    .map((group) => ({ ...group, items: group.items.filter((item) => findRoute(item.href)?.route.access(me)) }))
    .filter((group) => group.items.length > 0);
}

/** "/calls/123" belongs to "/calls" in the menu. */
export function isCurrent(href: string, path: string): boolean {
  return href === '/' ? path === '/' : path === href || path.startsWith(`${href}/`);
}
