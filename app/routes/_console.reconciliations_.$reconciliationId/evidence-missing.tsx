import type { ShownCertification } from '#app/.server/reads.ts'
import { Notice } from '#app/ui/notice.tsx'

type Props = { certifications: readonly Pick<ShownCertification, 'certificationId' | 'missing'>[] }

/** Its figures may be what they were: what it was signed upon can no longer be shown. That is not superseded. */
export function EvidenceMissing({ certifications }: Props) {
  const missing = certifications.flatMap(({ certificationId, missing: files }) =>
    files.map((file) => ({ certificationId, ...file })),
  )
  if (missing.length === 0) return null
  return (
    <Notice kind="broken" title="Evidence missing">
      <ul>
        {missing.map(({ certificationId, name, sha256, why }) => (
          <li key={`${certificationId} ${sha256} ${name}`}>
            Certification {certificationId} sealed {name}, which{' '}
            {why === 'gone' ? 'is not kept any more' : 'is not the file that was sealed any more'}.
          </li>
        ))}
      </ul>
      The figures are not in question by this. Tell the auditor: it was done past this product. The file can only come back from a
      backup.
    </Notice>
  )
}
