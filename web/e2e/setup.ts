// Before the browser tests: one Maru that all share.
import { enter, open } from './house';
import { seed } from './seed';

export default async function setup(): Promise<() => Promise<void>> {
  const house = await open();
  enter(house);
  try {
    await seed();
  } catch (e) {
    await house.end();
    throw e;
  }
  return house.end;
}
