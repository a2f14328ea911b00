import { plurals } from '../plural';

const n = plurals('en');

export default {
  rates: {
    plans: {
      title: 'Rate plans', summary: 'What calls and faxes outside cost the tenants that use a plan.', add: 'New rate plan', caption: 'Rate plans',
      empty: 'No rate plans yet', emptyBody: 'Without a plan nothing is priced: the portal shows no price and no cost.',
    },
    plan: {
      title: 'Rate plan', newTitle: 'New rate plan', created: (name: string) => `Rate plan ${name} created`, saved: (name: string) => `Rate plan ${name} saved`,
      removeTitle: (name: string) => `Delete rate plan ${name}?`, removeBody: 'Its rates go with it. What calls and faxes have cost stays as it is.', removed: (name: string) => `Rate plan ${name} deleted`,
    },
    planColumns: { name: 'Name', currency: 'Currency', rates: 'Rates', tenants: 'Tenants' },
    planFields: { name: 'Name', currency: 'Currency' },
    planHints: { currency: 'Three letters, such as USD. A tenant uses a plan of its own currency.' },
    showRates: (count: number) => n(count, { one: '# rate', other: '# rates' }),
    list: {
      title: 'Rates', summary: 'The longest prefix counts, for the next call and the next try of a fax.', add: 'New rate', caption: 'Rates by prefix', empty: 'No rates yet',
      emptyBody: 'Add the first digits of the numbers that are called and what they cost, or import the price list of a carrier.',
      search: { label: 'Find a rate', hint: 'Prefix or description', none: 'No rate fits' },
    },
    page: {
      title: 'Rate', newTitle: 'New rate', created: (name: string) => `Rate ${name} created`, saved: (name: string) => `Rate ${name} saved`,
      removeTitle: (name: string) => `Delete rate ${name}?`, removeBody: 'A shorter prefix counts then, or there is no price any more.', removed: (name: string) => `Rate ${name} deleted`,
    },
    columns: { prefix: 'Prefix', description: 'Description', perMinute: 'Per minute', connectFee: 'Connection', counted: 'Counted (s)', perPage: 'Per fax page' },
    fields: { prefix: 'Prefix', description: 'Description', perMinute: 'Price per minute', connectFee: 'Connection fee', minimumSeconds: 'Minimum (s)', incrementSeconds: 'Then each (s)', perPage: 'Price per fax page' },
    hints: {
      prefix: 'The first digits of the number with its country, such as 44 or 1415.', amount: 'An amount such as 0.0125, at most six decimals.', connectFee: 'Once for each call that is answered.',
      minimumSeconds: 'So many seconds are counted at least.', incrementSeconds: 'Beyond that whole steps of so many seconds.', perPage: 'For each page that the far machine confirmed.',
    },
    errors: { name: 'Enter a name.', currency: 'Enter three letters, such as USD.', prefix: 'Enter the first digits of a number.', amount: 'Enter an amount such as 0.0125.', seconds: 'Enter 0 to 3600 seconds.', increment: 'Enter 1 to 3600 seconds.' },
    tenants: {
      title: 'Tenants that use this plan', body: 'A tenant has the prices of one plan, or none.', other: 'uses another plan', currency: (code: string) => `counts in ${code}`,
      on: (name: string) => `${name} uses this plan`, off: (name: string) => `${name} has no prices any more`, search: 'Find a tenant', searchHint: 'Name or domain', none: 'No tenant fits',
    },
    export: 'Download CSV',
    import: {
      action: 'Import CSV', title: 'Import rates',
      body: 'A CSV file of at most 8 MB with a prefix in each line. Columns are known by their names, or stand in this order:',
      sample: 'prefix,description,per_minute,connect_fee,minimum_seconds,increment_seconds,per_page\n44,United Kingdom,0.0215,0,30,6,0.055',
      replace: 'Remove rates that the file does not have', choose: 'Choose a file', busy: 'Importing', tooLarge: 'The file is larger than 8 MB.',
      done: (added: number, changed: number) => `${n(added, { one: '# rate', other: '# rates' })} added, ${changed} changed.`,
      known: (count: number) => (count ? n(count, { one: '# stood there already.', other: '# stood there already.' }) : ''),
      refused: (count: number) => `Nothing was changed: ${n(count, { one: '# line is wrong:', other: '# lines are wrong:' })}`,
      refusedLines: 'Lines that are wrong', line: (line: number) => `Line ${line}:`,
      why: (field: string, reason: string) => `${({ prefix: 'The prefix', description: 'The description', perMinute: 'The price per minute', connectFee: 'The connection fee', minimumSeconds: 'The minimum', incrementSeconds: 'The step', perPage: 'The price per page', line: 'The line' } as Record<string, string>)[field] ?? field} ${reason}.`,
      rest: (count: number) => n(count, { one: '# more line like these.', other: '# more lines like these.' }),
    },
  },
};
