import { businessDateOf, cutOffOn, periodsOf, type CalendarDefinition, type FiscalPeriod } from './calendar.ts'
import type { Dimension } from './job.ts'
import type { Member } from './line.ts'

/** Everything the record rules look up, read once at the run's as-of point. In-file members join as they are read. */
export class Reference {
  /** By dimension, then by code. */
  private readonly members = new Map<string, Map<string, Member[]>>()
  private readonly calendars = new Map<string, Calendar>()
  private readonly entityCalendars = new Map<string, string>()

  constructor(calendars: readonly CalendarDefinition[]) {
    for (const definition of calendars) this.calendars.set(definition.calendar, new Calendar(definition))
    if (!this.calendars.has('months')) this.calendars.set('months', new Calendar(MONTHS))
  }

  addMember(dimension: string, member: Member): void {
    // Suppliers and customers are both counterparties of a line.
    const name = dimension === 'supplier' || dimension === 'customer' ? 'counterparty' : dimension
    const ofDimension = this.members.get(name) ?? new Map<string, Member[]>()
    this.members.set(name, ofDimension)
    const same = ofDimension.get(member.code)
    // A member that is loaded again replaces what the store says of it.
    if (same)
      same.splice(0, same.length, ...same.filter((m) => m.entity !== member.entity || m.validFrom !== member.validFrom), member)
    else ofDimension.set(member.code, [member])
    if (dimension === 'entity') this.entityCalendars.set(member.code, member.attributes.calendar || 'months')
  }

  /** Members of that code which belong to the entity or to all. */
  find(dimension: Dimension, code: string, entity: string): readonly Member[] {
    const found = this.members.get(dimension)?.get(code)
    if (!found) return NONE
    for (const member of found)
      if (member.entity !== '' && member.entity !== entity) return found.filter((m) => m.entity === '' || m.entity === entity)
    return found
  }

  calendarOf(entity: string): Calendar {
    return this.calendars.get(this.entityCalendars.get(entity) ?? 'months') ?? this.calendars.get('months')!
  }
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
