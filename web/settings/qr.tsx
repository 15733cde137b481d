// A text as a picture that a device reads. Black on white in either scheme: readers want it so.
import { useEffect, useState } from 'preact/hooks'
import { t } from '../words.ts'

/** Modules around it (ISO/IEC 18004 §6.3.8). */
const QUIET = 4

interface Drawn {
  /** Modules of a side. */
  size: number
  path: string
}

async function draw(text: string): Promise<Drawn | null> {
  try {
    const { default: qrcode } = await import('qrcode-generator')
    const code = qrcode(0, 'M')
    code.addData(text)
    code.make()
    const size = code.getModuleCount()
    const all = Array.from({ length: size }, (_, i) => i)
    const path = all.flatMap((row) =>
      all.filter((column) => code.isDark(row, column)).map((column) => `M${column} ${row}h1v1h-1z`),
    )
    return { size, path: path.join('') }
  } catch {
    return null
  }
}

export function Qr({ text }: { text: string }) {
  const [drawn, setDrawn] = useState<Drawn | null>(null)
  useEffect(() => {
    // Few people ever need it: it comes when it is wanted. Without it the secret is typed.
    void draw(text).then(setDrawn)
  }, [text])
  const whole = (drawn?.size ?? 33) + 2 * QUIET
  return (
    <svg
      class="qr"
      viewBox={`${-QUIET} ${-QUIET} ${whole} ${whole}`}
      role="img"
      aria-label={t('qr')}
    >
      <rect x={-QUIET} y={-QUIET} width={whole} height={whole} />
      {drawn && <path d={drawn.path} />}
    </svg>
  )
}
