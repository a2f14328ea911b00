/** Does something, and says in words what went wrong; '' when it went well. */
import { ApiError } from './api';
import { t } from '../i18n';

export async function attempt(what: () => Promise<unknown>): Promise<string> {
  try {
    await what();
    return '';
  } catch (error) {
    return error instanceof ApiError ? (Object.values(error.fields)[0] ?? error.message) : t.error.generic;
  }
}
