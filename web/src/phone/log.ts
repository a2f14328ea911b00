/** The last SIP messages, for "Save a diagnostic file"; secrets never get in. */

const MOST_LINES = 400;
const SECRETS = /^(authorization|proxy-authorization)\s*:.*$/gim;

export function withoutSecrets(message: string): string {
  return message.replace(SECRETS, '$1: (removed)');
}

export class SipLog {
  private readonly entries: string[] = [];

  add(direction: 'sent' | 'received' | 'note', text: string): void {
    this.entries.push(`${new Date().toISOString()} ${direction}\n${withoutSecrets(text).trim()}\n`);
    if (this.entries.length > MOST_LINES) this.entries.splice(0, this.entries.length - MOST_LINES);
  }

  toString(): string {
    return this.entries.join('\n');
  }
}

/** One log for the page: it outlives a restart of the line, which is when it is wanted. */
export const sipLog = new SipLog();
