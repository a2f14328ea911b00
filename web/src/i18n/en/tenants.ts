import { plurals } from '../plural';

const n = plurals('en');

export default {
  tenants: {
    title: 'Tenants',
    summary: (count: number, more: boolean) => (more ? `The first ${count} organisations` : n(count, { one: '# organisation', other: '# organisations' })),
    caption: 'Organisations by name',
    search: 'Filter tenants',
    searchHint: 'Name or domain',
    columns: { name: 'Name', domain: 'SIP domain', country: 'Country', currency: 'Currency' },
    choose: 'Work here',
    chooseOf: (name: string) => `in ${name}`,
    here: 'You are here',
    empty: 'No tenants yet',
    emptyBody: 'An organisation is added on the server with “carillon tenant add”.',
    noMatch: 'No tenants match',
    noMatchBody: 'Try another name or domain.',
  },
};
