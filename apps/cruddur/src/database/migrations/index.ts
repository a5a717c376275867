import type { Migration } from 'kysely';
import { usersAndActivities } from './001-users-and-activities';
import { seed } from './002-seed';

/** Cruddur's migrations by name, in the order they run. */
export const cruddurMigrations: Record<string, Migration> = {
  '001-users-and-activities': usersAndActivities,
  '002-seed': seed,
};
