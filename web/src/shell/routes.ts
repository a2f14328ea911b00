/** What there is, who may open it, and where it stands in the menu. */
import type { Component } from 'svelte';
import Activity from '@lucide/svelte/icons/activity';
import Asterisk from '@lucide/svelte/icons/asterisk';
import Building2 from '@lucide/svelte/icons/building-2';
import Cable from '@lucide/svelte/icons/cable';
import CalendarClock from '@lucide/svelte/icons/calendar-clock';
import Coins from '@lucide/svelte/icons/coins';
import CircleUserRound from '@lucide/svelte/icons/circle-user-round';
import Disc from '@lucide/svelte/icons/disc';
import Hash from '@lucide/svelte/icons/hash';
import FileClock from '@lucide/svelte/icons/file-clock';
import FileSearch from '@lucide/svelte/icons/file-search';
import History from '@lucide/svelte/icons/history';
import Hourglass from '@lucide/svelte/icons/hourglass';
import House from '@lucide/svelte/icons/house';
import Inbox from '@lucide/svelte/icons/inbox';
import Music from '@lucide/svelte/icons/music';
import Newspaper from '@lucide/svelte/icons/newspaper';
import PhoneForwarded from '@lucide/svelte/icons/phone-forwarded';
import PhoneOff from '@lucide/svelte/icons/phone-off';
import Plug from '@lucide/svelte/icons/plug';
import RouteIcon from '@lucide/svelte/icons/route';
import Send from '@lucide/svelte/icons/send';
import ShieldBan from '@lucide/svelte/icons/shield-ban';
import SunMoon from '@lucide/svelte/icons/sun-moon';
import Users from '@lucide/svelte/icons/users';
import UsersRound from '@lucide/svelte/icons/users-round';
import Voicemail from '@lucide/svelte/icons/voicemail';
import Waypoints from '@lucide/svelte/icons/waypoints';
import { t } from '../i18n';
import { match, type Match } from '../lib/match';
import { administers, may, type Me } from '../lib/session.svelte';

type Page = Component<{ params: Match }>;
type Loader = () => Promise<{ default: Page }>;
type Access = (me: Me) => boolean;

export interface Route {
  patterns: string[];
  load: Loader;
  access: Access;
  /** Without menu and header around it. */
  bare?: boolean;
}

const everyone: Access = () => true;
const member: Access = (me) => me.tenant !== null;
const owner: Access = (me) => member(me) && me.extension !== null;
const platform: Access = (me) => me.user.role === 'platform';
/** What belongs to the tenant through which they act. */
const platformIn: Access = (me) => platform(me) && member(me);
/** Administrators only, whatever was granted. */
const admin: Access = (me) => administers(me);
/** The parts that an administrator has, and others who were granted them. */
const grant = (token: string): Access => (me) => may(token, me);

/** Whoever is in a queue, and agents who are in none yet. */
const agent: Access = (me) => owner(me) && (me.queues > 0 || me.user.role === 'agent');

/** Everybody for the own extension, administrators for all. */
const blocker: Access = (me) => owner(me) || may('call_block', me);

const load = (loader: () => Promise<{ default: unknown }>): Loader => loader as Loader;

export const routes: Route[] = [
  { patterns: ['/'], access: member, load: load(() => import('../pages/Home.svelte')) },
  { patterns: ['/calls', '/calls/:id'], access: member, load: load(() => import('../pages/calls/Calls.svelte')) },
  { patterns: ['/phone'], access: owner, bare: true, load: load(() => import('../pages/PhoneWindow.svelte')) },
  { patterns: ['/voicemail'], access: owner, load: load(() => import('../pages/voicemail/VoicemailPage.svelte')) },
  { patterns: ['/fax/send'], access: grant('send_fax'), load: load(() => import('../pages/fax/SendFax.svelte')) },
  { patterns: ['/fax/sent', '/fax/sent/:id'], access: grant('send_fax'), load: load(() => import('../pages/fax/SentFaxes.svelte')) },
  { patterns: ['/fax/received', '/fax/received/:id'], access: grant('receive_fax'), load: load(() => import('../pages/fax/ReceivedFaxes.svelte')) },
  { patterns: ['/fax/cover-pages', '/fax/cover-pages/:id'], access: grant('cover_page'), load: load(() => import('../pages/fax/CoverPages.svelte')) },
  { patterns: ['/dnc'], access: grant('contact_dnc'), load: load(() => import('../pages/dnc/DncNumbers.svelte')) },
  { patterns: ['/dnc/:id'], access: grant('contact_dnc'), load: load(() => import('../pages/dnc/DncNumber.svelte')) },
  { patterns: ['/follow-me'], access: (me) => owner(me) || may('extensions', me), load: load(() => import('../pages/follow/FollowMe.svelte')) },
  { patterns: ['/feature-codes'], access: member, load: load(() => import('../pages/FeatureCodes.svelte')) },
  { patterns: ['/tenants'], access: platform, load: load(() => import('../pages/Tenants.svelte')) },
  { patterns: ['/account'], access: everyone, load: load(() => import('../pages/account/Account.svelte')) },
  { patterns: ['/extensions'], access: grant('extensions'), load: load(() => import('../pages/extensions/Extensions.svelte')) },
  { patterns: ['/extensions/new'], access: grant('extensions'), load: load(() => import('../pages/extensions/NewExtension.svelte')) },
  { patterns: ['/extensions/:id'], access: grant('extensions'), load: load(() => import('../pages/extensions/Extension.svelte')) },
  { patterns: ['/ring-groups'], access: grant('ring_groups'), load: load(() => import('../pages/groups/RingGroups.svelte')) },
  { patterns: ['/ring-groups/:id'], access: grant('ring_groups'), load: load(() => import('../pages/groups/RingGroup.svelte')) },
  { patterns: ['/queues'], access: grant('queues'), load: load(() => import('../pages/queues/Queues.svelte')) },
  { patterns: ['/queues/:id'], access: grant('queues'), load: load(() => import('../pages/queues/Queue.svelte')) },
  { patterns: ['/my-queues'], access: agent, load: load(() => import('../pages/queues/MyQueues.svelte')) },
  { patterns: ['/time-conditions'], access: grant('time_conditions'), load: load(() => import('../pages/hours/TimeConditions.svelte')) },
  { patterns: ['/time-conditions/:id'], access: grant('time_conditions'), load: load(() => import('../pages/hours/TimeCondition.svelte')) },
  { patterns: ['/call-flows'], access: grant('call_flows'), load: load(() => import('../pages/flows/CallFlows.svelte')) },
  { patterns: ['/call-flows/:id'], access: grant('call_flows'), load: load(() => import('../pages/flows/CallFlow.svelte')) },
  { patterns: ['/sounds'], access: grant('music_on_hold'), load: load(() => import('../pages/sounds/Sounds.svelte')) },
  { patterns: ['/call-block'], access: blocker, load: load(() => import('../pages/blocks/CallBlocks.svelte')) },
  { patterns: ['/call-block/:id'], access: blocker, load: load(() => import('../pages/blocks/CallBlock.svelte')) },
  { patterns: ['/users'], access: grant('users'), load: load(() => import('../pages/users/Users.svelte')) },
  { patterns: ['/users/new'], access: grant('users'), load: load(() => import('../pages/users/NewUser.svelte')) },
  { patterns: ['/users/:id'], access: grant('users'), load: load(() => import('../pages/users/User.svelte')) },
  { patterns: ['/mail'], access: grant('users'), load: load(() => import('../pages/mails/Mails.svelte')) },
  { patterns: ['/recordings'], access: grant('recordings'), load: load(() => import('../pages/recordings/Recordings.svelte')) },
  { patterns: ['/policies'], access: admin, load: load(() => import('../pages/policies/Policies.svelte')) },
  { patterns: ['/registrations'], access: grant('realtime'), load: load(() => import('../pages/Registrations.svelte')) },
  { patterns: ['/numbers'], access: member, load: load(() => import('../pages/numbers/Numbers.svelte')) },
  { patterns: ['/numbers/:id'], access: grant('inbound_routes'), load: load(() => import('../pages/numbers/Number.svelte')) },
  { patterns: ['/trunks'], access: platform, load: load(() => import('../pages/trunks/Trunks.svelte')) },
  { patterns: ['/trunks/:id'], access: platform, load: load(() => import('../pages/trunks/Trunk.svelte')) },
  { patterns: ['/rate-plans'], access: platform, load: load(() => import('../pages/rates/RatePlans.svelte')) },
  { patterns: ['/rate-plans/:plan/rates'], access: platform, load: load(() => import('../pages/rates/Rates.svelte')) },
  { patterns: ['/rate-plans/:plan/rates/:id'], access: platform, load: load(() => import('../pages/rates/Rate.svelte')) },
  { patterns: ['/rate-plans/:id'], access: platform, load: load(() => import('../pages/rates/RatePlan.svelte')) },
  { patterns: ['/outbound-routes'], access: platformIn, load: load(() => import('../pages/routes/OutRoutes.svelte')) },
  { patterns: ['/outbound-routes/:id'], access: platformIn, load: load(() => import('../pages/routes/OutRoute.svelte')) },
  { patterns: ['/reach', '/reach/:of/:id'], access: member, load: load(() => import('../pages/reach/ReachPage.svelte')) },
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
  const allBlocks = may('call_block', me);
  const blocks = { href: '/call-block', label: t.nav.blocks, icon: ShieldBan };
  const groups: MenuGroup[] = [
    { title: t.shell.platform, items: [
      { href: '/tenants', label: t.nav.tenants, icon: Building2 },
      { href: '/trunks', label: t.nav.trunks, icon: Cable },
      { href: '/rate-plans', label: t.nav.ratePlans, icon: Coins },
    ] },
    { title: '', items: [{ href: '/', label: t.nav.home, icon: House }] },
    { title: t.shell.calls, items: [
      { href: '/voicemail', label: t.nav.voicemail, icon: Voicemail },
      { href: '/recordings', label: t.nav.recordings, icon: Disc },
      { href: '/live', label: t.nav.live, icon: Activity },
    ] },
    { title: t.shell.fax, items: [
      { href: '/fax/send', label: t.nav.sendFax, icon: Send },
      { href: '/fax/received', label: t.nav.receivedFaxes, icon: Inbox },
      { href: '/fax/sent', label: t.nav.sentFaxes, icon: FileClock },
      { href: '/fax/cover-pages', label: t.nav.coverPages, icon: Newspaper },
      { href: '/dnc', label: t.nav.dnc, icon: PhoneOff },
    ] },
    { title: t.shell.myPhone, items: [
      { href: '/my-queues', label: t.nav.myQueues, icon: Hourglass },
      { href: '/follow-me', label: t.nav.follow, icon: RouteIcon },
      ...(allNumbers ? [] : [{ href: '/numbers', label: t.nav.myNumbers, icon: PhoneForwarded }]),
      ...(allBlocks ? [] : [blocks]),
      { href: '/feature-codes', label: t.nav.codes, icon: Asterisk },
      { href: '/extensions', label: t.nav.extensions, icon: Hash },
      { href: '/registrations', label: t.nav.registrations, icon: Plug },
      { href: '/ring-groups', label: t.nav.ringGroups, icon: UsersRound },
      { href: '/queues', label: t.nav.queues, icon: Hourglass },
      { href: '/time-conditions', label: t.nav.hours, icon: CalendarClock },
      { href: '/call-flows', label: t.nav.flows, icon: SunMoon },
      ...(allBlocks ? [blocks] : []),
      { href: '/sounds', label: t.nav.sounds, icon: Music },
      ...(allNumbers ? [{ href: '/numbers', label: t.nav.numbers, icon: PhoneForwarded }] : []),
      { href: '/outbound-routes', label: t.nav.outRoutes, icon: Waypoints },
    ] },
    { title: t.shell.reports, items: [
      { href: '/calls?scope=mine', label: t.nav.cdr, icon: History },
      { href: '/calls?view=pbx', label: t.nav.pbxCdr, icon: FileSearch },
    ] },
    { title: t.shell.organisation, items: [
      { href: '/users', label: t.nav.users, icon: Users },
      { href: '/mail', label: t.nav.mail, icon: Inbox },
      { href: '/policies', label: t.nav.policies, icon: FileClock },
    ] },
    { title: t.shell.accountGroup, items: [{ href: '/account', label: t.nav.account, icon: CircleUserRound }] },
  ];
  return groups
    .map((group) => ({ ...group, items: group.items.filter((item) => findRoute(item.href.split('?', 1)[0] ?? '')?.route.access(me)) }))
    .filter((group) => group.items.length > 0);
}

/** "/calls/123" belongs to "/calls" in the menu; of two entries for one page the one whose view is shown. */
export function isCurrent(href: string, path: string, search = ''): boolean {
  const [place = '', asked] = href.split('?', 2);
  if (place === '/') return path === '/';
  if (path !== place && !path.startsWith(`${place}/`)) return false;
  return new URLSearchParams(asked).get('view') === new URLSearchParams(search).get('view');
}
