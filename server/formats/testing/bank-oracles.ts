/**
 * The amounts of booked entries in a bank file, read a second time by plain patterns: signed, in order. Null where the text holds what a
 * pattern cannot judge (a comment, a marked section, an entity) or is in another encoding.
 */
type Amounts = readonly number[] | null

export function naiveCamt(given: string): Amounts {
  const text = given.replace(/^<\?xml version="1.0" encoding="UTF-8"\?>/, '')
  if (/<!|&|<\?x|\uFFFD|<\w+:/.test(text) || text.includes('\0')) return null
  return [...text.matchAll(/<Ntry>([\s\S]*?)<\/Ntry>/g)].flatMap(([, entry = '']) => {
    if (!/<Cd>\s*BOOK\s*<\/Cd>/.test(entry)) return []
    const amount = Number(/<Amt[^>]*>\s*([\d.]+)\s*</.exec(entry)?.[1])
    return [/<CdtDbtInd>\s*DBIT/.test(entry) ? -amount + 0 : amount]
  })
}

export function naiveMt940(text: string): Amounts {
  if (/\uFFFD|\0|\{/.test(text)) return null
  return text
    .split(/\r\n|\r|\n/)
    .filter((line) => line.startsWith(':61:'))
    .map((line) => {
      const [, mark = '', amount = ''] = /^:61:\d{6}(?:\d{4})?(RC|RD|C|D)[A-Z]?([\d,]+)/.exec(line) ?? []
      const size = Number(amount.replace(',', '.'))
      return mark === 'C' || mark === 'RD' ? size : -size + 0
    })
}

export function naiveBai2(text: string): Amounts {
  if (/\uFFFD|\0/.test(text) || !/\n02,[^,]*,[^,]*,1,/.test(text) || /,[13]\/?\s*\n03/.test(text) || !text.includes(',EUR,010'))
    return null
  return text
    .split(/\r\n|\r|\n/)
    .filter((line) => /^16,(?!890)/.test(line))
    .map((line) => {
      const [, type = '', amount = ''] = line.split(/[,/]/)
      return type < '400' ? Number(amount) / 100 : -Number(amount) / 100 + 0
    })
}
