import { constants, setPriority } from 'node:os'

/** A process that loads gives way to those that answer people, where both want the same core. Alone it is as quick as ever. */
export function giveWay(pid: number): void {
  try {
    setPriority(pid, constants.priority.PRIORITY_BELOW_NORMAL)
  } catch {
    // It ended already, or this system does not allow it: then all are equal.
  }
}
