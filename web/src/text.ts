// Korean and English text: finding by initial consonants, and telling Hangul apart.
const CHO = 'ㄱㄲㄴㄷㄸㄹㅁㅂㅃㅅㅆㅇㅈㅉㅊㅋㅌㅍㅎ';

// choseong keeps of every syllable its initial consonant: 변경 관리 → ㅂㄱ ㄱㄹ.
export const choseong = (s: string): string =>
  [...s]
    .map(c => {
      const n = c.charCodeAt(0) - 0xac00;
      return n >= 0 && n < 11172 ? CHO.charAt(Math.floor(n / 588)) : c;
    })
    .join('');

const bare = (s: string): string => s.normalize('NFC').toLowerCase().replace(/\s/g, '');

// matches finds a query in a text: as it is typed, or by initial consonants alone.
export const matches = (text: string, query: string): boolean => {
  const t = bare(text);
  const q = bare(query);
  return t.includes(q) || (/^[ㄱ-ㅎ]+$/.test(q) && choseong(t).includes(q));
};

// begins finds a text by its beginning as keys give it where no input method puts syllables
// together: of jamo, the vowels are passed over.
export const begins = (text: string, keys: string): boolean => {
  const t = bare(text);
  const q = bare(keys);
  const cho = q.replace(/[ㅏ-ㅣ]/g, '');
  return t.startsWith(q) || (cho !== '' && /^[ㄱ-ㅎ]+$/.test(cho) && choseong(t).startsWith(cho));
};

const HANGUL = /[\uac00-\ud7a3\u3131-\u318e]/;

// langOf marks text with Hangul as Korean, so that lines break between words also in the English console.
export const langOf = (s: unknown): 'ko' | undefined => (typeof s === 'string' && HANGUL.test(s) ? 'ko' : undefined);
