import { businessDateOf, cutOffOn, periodsOf, type CalendarDefinition, type FiscalPeriod } from './calendar.ts'
import { dayBefore } from './day.ts'
import type { Dimension } from './job.ts'
import type { Member } from './line.ts'

/** Everything the record rules look up, read once at the run's as-of point. In-file members join as they are read. */
export class Reference {
  /** By dimension, then by code: what each system says, and what counts of it. */
  private readonly members = new Map<string, Map<string, Known>>()
  private readonly calendars = new Map<string, Calendar>()
  private readonly entityCalendars = new Map<string, string>()

  /** `ownRank`: of the members a load brings along itself. */
  constructor(
    calendars: readonly CalendarDefinition[],
    private readonly ownRank: (dimension: string) => number = () => RECORD,
  ) {
    for (const definition of calendars) this.calendars.set(definition.calendar, new Calendar(definition))
    if (!this.calendars.has('months')) this.calendars.set('months', new Calendar(MONTHS))
  }

  /** Where systems differ the one of the lower rank counts, wholly: validities of two systems are never mixed. */
  addMember(dimension: string, member: Member, rank: number = this.ownRank(dimension)): void {
    // Suppliers and customers are both counterparties of a line.
    const name = dimension === 'supplier' || dimension === 'customer' ? 'counterparty' : dimension
    const ofDimension = this.members.get(name) ?? new Map<string, Known>()
    this.members.set(name, ofDimension)
    const said = (ofDimension.get(member.code)?.said ?? []).filter(
      // A member that is loaded again replaces what the store says of it.
      (s) => s.rank !== rank || s.member.entity !== member.entity || s.member.validFrom !== member.validFrom,
    )
    said.push({ member, rank })
    const counts = whatCounts(said)
    ofDimension.set(member.code, { said, counts })
    if (dimension === 'entity')
      this.entityCalendars.set(member.code, counts.findLast((m) => m.attributes.calendar)?.attributes.calendar ?? 'months')
  }

  /** Members of that code which belong to the entity or to all. */
  find(dimension: Dimension, code: string, entity: string): readonly Member[] {
    const found = this.members.get(dimension)?.get(code)?.counts
    if (!found) return NONE
    for (const member of found)
      if (member.entity !== '' && member.entity !== entity) return found.filter((m) => m.entity === '' || m.entity === entity)
    return found
  }

  calendarOf(entity: string): Calendar {
    return this.calendars.get(this.entityCalendars.get(entity) ?? 'months') ?? this.calendars.get('months')!
  }
}

type Said = { readonly member: Member; readonly rank: number }
type Known = { readonly said: readonly Said[]; readonly counts: readonly Member[] }

/** Corrections by hand come first, then the system of record of the dimension, then the others. */
export const BY_HAND = 0
export const RECORD = 1

function whatCounts(said: readonly Said[]): Member[] {
  const entities = new Set(said.map(({ member }) => member.entity))
  return [...entities].flatMap((entity) => {
    const own = said.filter(({ member }) => member.entity === entity)
    const best = Math.min(...own.filter(({ rank }) => rank !== BY_HAND).map(({ rank }) => rank))
    const loaded = own.filter(({ rank }) => rank === best).map(({ member }) => member)
    const byHand = own.filter(({ rank }) => rank === BY_HAND).map(({ member }) => member)
    return correctedBy(loaded, byHand)
  })
}

/** A correction holds from its date on, until the next one; what was loaded holds before the first. */
function correctedBy(loaded: readonly Member[], byHand: readonly Member[]): readonly Member[] {
  if (byHand.length === 0) return loaded
  const corrections = byHand.toSorted((a, b) => (a.validFrom < b.validFrom ? -1 : 1))
  const firstDay = corrections[0]!.validFrom
  const before = firstDay === '' ? [] : loaded.filter((m) => m.validFrom < firstDay).map((m) => endingBefore(m, firstDay))
  return [
    ...before,
    ...corrections.map((correction, i) => {
      const next = corrections[i + 1]
      return next ? endingBefore(correction, next.validFrom) : correction
    }),
  ]
}

function endingBefore(member: Member, day: string): Member {
  return member.validTo !== '' && member.validTo < day ? member : { ...member, validTo: dayBefore(day) }
}

const NONE: readonly Member[] = []
/** Calendar months, for entities and rules that name no calendar. */
export const MONTHS: CalendarDefinition = {
  kind: 'calendar',
  calendar: 'months',
  pattern: 'months',
  yearEndMonth: 12,
  weekEndsOn: 6,
  yearEndRule: 'last',
  firstYear: 1990,
  lastYear: 2060,
  timeZone: 'UTC',
  cutOff: '24:00',
  weekend: [6, 7],
}

/** A calendar by its code; calendar months are there without being imported. */
export function calendarFinder(calendars: readonly CalendarDefinition[]): (code: string) => CalendarDefinition | null {
  const known = new Map([MONTHS, ...calendars].map((calendar) => [calendar.calendar, calendar]))
  return (code) => known.get(code) ?? null
}

/** A calendar ready for a million look-ups. */
export class Calendar {
  private readonly periods: readonly FiscalPeriod[]
  private readonly names: ReadonlyMap<string, FiscalPeriod>
  private readonly byDate = new Map<string, string>()
  private readonly cutOf: (date: string) => number

  constructor(readonly definition: CalendarDefinition) {
    this.periods = periodsOf(definition)
    this.cutOf = cutOffOn(definition)
    this.names = new Map(this.periods.map((period) => [period.period, period]))
  }

  has(period: string): boolean {
    return this.names.has(period)
  }

  /** '' where no period holds the date. Takes an ISO date or an instant, which the cut-off turns into a date. */
  periodOf(dateOrInstant: string): string {
    const date = this.dateOf(dateOrInstant)
    const known = this.byDate.get(date)
    if (known !== undefined) return known
    let low = 0
    let high = this.periods.length - 1
    while (low < high) {
      const middle = (low + high + 1) >> 1
      if (this.periods[middle]!.startsOn <= date) low = middle
      else high = middle - 1
    }
    const found = this.periods[low]
    const period = found && found.startsOn <= date && date <= found.endsOn ? found.period : ''
    this.byDate.set(date, period)
    return period
  }

  /** The business date of an ISO date (itself) or of an instant. */
  dateOf(dateOrInstant: string): string {
    return dateOrInstant.length > 10 ? businessDateOf(dateOrInstant, this.definition, this.cutOf) : dateOrInstant
  }

  lastDayOf(period: string): string {
    return this.names.get(period)?.endsOn ?? ''
  }
}
