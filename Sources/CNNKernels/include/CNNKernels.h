int nnk_placeholder(void);
