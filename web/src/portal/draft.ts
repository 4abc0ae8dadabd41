// What is being written, kept in this browser until it is sent.
export const readDraft = (key: string): string => {
  try {
    return localStorage.getItem(`maru.draft.${key}`) ?? '';
  } catch {
    return '';
  }
};

export const keepDraft = (key: string, text: string): void => {
  try {
    if (text) localStorage.setItem(`maru.draft.${key}`, text);
    else localStorage.removeItem(`maru.draft.${key}`);
  } catch {
    // no room or no store: the text is still on the page
  }
};

// readForm gives what was filled in, or nothing where the draft cannot be read.
export const readForm = (key: string): Record<string, unknown> => {
  try {
    const v: unknown = JSON.parse(readDraft(key) || '{}');
    return typeof v === 'object' && v !== null && !Array.isArray(v) ? (v as Record<string, unknown>) : {};
  } catch {
    return {};
  }
};
