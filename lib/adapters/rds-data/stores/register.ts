import type { RegisterRecord } from '../../../domain/voice.ts';
import type { Database } from '../database.ts';
import { methodsOf, opened } from '../methods.ts';
import { recordRegister } from '../statements/record-register.ts';
import { voiceOf } from './voice.ts';

/** What the function register asks of the database, one method a statement. */
export function registerStore(database: Database) {
  const { only } = methodsOf(database);
  const voice = voiceOf(database);
  return {
    recordRegister: voice(async (input: RegisterRecord) => (await only(recordRegister)(input)).answer),
  };
}

export const openRegisterStore = opened(registerStore);
