/** State of one form: values, what changed, errors by field, and saving. */
import * as v from 'valibot';
import { t } from '../i18n/form';
import { ApiError } from './api';

type Values = Record<string, unknown>;
type Schema = v.GenericSchema<Values>;

export class Form<T extends Values> {
  values = $state<T>({} as T);
  errors = $state<Record<string, string>>({});
  /** An error that belongs to no field. */
  problem = $state<ApiError | null>(null);
  busy = $state(false);
  private saved = $state.raw<T>({} as T);
  readonly changed = $derived(Object.keys(this.saved).filter((key) => !same(this.values[key], this.saved[key])));

  constructor(initial: T, private readonly schema: Schema, private readonly more: (values: T) => Record<string, string> = () => ({})) {
    this.values = { ...initial };
    this.saved = { ...initial };
  }

  /** Fresh values from the server; what the person has typed stays. */
  rebase(next: T): void {
    const kept = Object.fromEntries(this.changed.map((key) => [key, this.values[key]]));
    this.saved = { ...next };
    this.values = { ...next, ...kept };
  }

  discard(): void {
    this.values = { ...this.saved };
    this.errors = {};
    this.problem = null;
  }

  get dirty(): boolean {
    return this.changed.length > 0;
  }

  /** Only what changed, for PATCH. */
  get changes(): Partial<T> {
    return Object.fromEntries(this.changed.map((key) => [key, this.values[key]])) as Partial<T>;
  }

  private check(): Record<string, string> {
    const values = $state.snapshot(this.values) as T;
    const result = v.safeParse(this.schema, values);
    if (result.success) return this.more(values);
    const nested = v.flatten(result.issues).nested as Record<string, string[] | undefined> | undefined;
    return { ...this.more(values), ...Object.fromEntries(Object.entries(nested ?? {}).map(([key, list]) => [key, list?.[0] ?? ''])) };
  }

  /** On leaving a field: complain about it, not about the ones not yet reached. */
  touch(name: string, event?: FocusEvent): void {
    // A message that comes or goes would move the button away from under the pointer that is pressing it.
    if (event?.relatedTarget instanceof HTMLElement && event.relatedTarget.closest('button, a')) return;
    const message = this.check()[name];
    const { [name]: _gone, ...rest } = this.errors;
    this.errors = message ? { ...rest, [name]: message } : rest;
  }

  submit(save: (values: T) => Promise<void>): Promise<boolean> {
    return this.attempt(async (values) => {
      await save(values);
      this.saved = { ...this.values };
    });
  }

  /** Does something with values that are right, and keeps them as unsaved as they were. */
  async attempt(act: (values: T) => Promise<void>): Promise<boolean> {
    if (this.busy) return false;
    this.problem = null;
    this.errors = this.check();
    if (Object.keys(this.errors).length) return this.refused();
    this.busy = true;
    try {
      await act($state.snapshot(this.values) as T);
      return true;
    } catch (error) {
      return this.failed(error);
    } finally {
      this.busy = false;
    }
  }

  private failed(error: unknown): boolean {
    if (!(error instanceof ApiError)) throw error;
    const known = Object.keys(error.fields).filter((name) => name in this.values);
    this.errors = Object.fromEntries(known.map((name) => [name, sentence(error.fields[name] ?? '')]));
    if (!known.length) this.problem = error;
    return this.refused();
  }

  private refused(): boolean {
    // After the messages are drawn, so that the reader hears field and message together.
    setTimeout(() => document.querySelector<HTMLElement>('[aria-invalid="true"]')?.focus(), 30);
    return false;
  }
}

function same(a: unknown, b: unknown): boolean {
  return JSON.stringify(a) === JSON.stringify(b);
}

/** The server names what is wrong in a half sentence ("is already used by Tom"). */
function sentence(text: string): string {
  const first = text.charAt(0).toUpperCase() + text.slice(1);
  return /[.!?]$/.test(first) ? first : `${first}.`;
}

export const required = (message: string): v.GenericSchema<string> => v.pipe(v.string(), v.trim(), v.nonEmpty(message));

/** Only what every address has; "admin@localhost" is one too. The server has the last word. */
const ADDRESS = /^[^\s@]+@[^\s@]+$/;

export const email = (): v.GenericSchema<string> =>
  v.pipe(v.string(), v.trim(), v.nonEmpty(t.form.emailMissing), v.regex(ADDRESS, t.form.emailWrong));
