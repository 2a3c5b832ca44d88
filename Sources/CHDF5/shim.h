#ifndef CHDF5_SHIM_H
#define CHDF5_SHIM_H

#include <hdf5.h>
#include <stdlib.h>
#include <string.h>

// libhdf5's macros stop the process if the library differs in its patch level from the header. NNHDF5 compares the
// versions itself and throws.
#undef H5CHECK
#define H5CHECK

// What Swift cannot import because libhdf5 makes it a macro.

static inline unsigned nnm_header_major(void) { return H5_VERS_MAJOR; }
static inline unsigned nnm_header_minor(void) { return H5_VERS_MINOR; }
static inline unsigned nnm_read_only(void) { return H5F_ACC_RDONLY; }
static inline unsigned nnm_truncate(void) { return H5F_ACC_TRUNC; }
static inline hid_t nnm_file_access(void) { return H5P_FILE_ACCESS; }
static inline hid_t nnm_file_create(void) { return H5P_FILE_CREATE; }
static inline hid_t nnm_group_create(void) { return H5P_GROUP_CREATE; }
static inline hid_t nnm_dataset_create(void) { return H5P_DATASET_CREATE; }
static inline hid_t nnm_link_create(void) { return H5P_LINK_CREATE; }
static inline hid_t nnm_default(void) { return H5P_DEFAULT; }

static inline void nnm_silence(void) { H5Eset_auto2(H5E_DEFAULT, NULL, NULL); }
// Lets the thread that ends the process not print errors.
static inline void nnm_be_silent_at_exit(void) { atexit(nnm_silence); }
static inline hid_t nnm_whole_space(void) { return H5S_ALL; }
static inline haddr_t nnm_no_address(void) { return HADDR_UNDEF; }
static inline H5F_libver_t nnm_newest_version(void) { return H5F_LIBVER_LATEST; }
static inline hid_t nnm_c_string(void) { return H5T_C_S1; }
static inline size_t nnm_variable_size(void) { return H5T_VARIABLE; }
static inline hid_t nnm_float32(void) { return H5T_IEEE_F32LE; }
static inline hid_t nnm_float64(void) { return H5T_IEEE_F64LE; }

static inline hid_t nnm_integer(int size, int is_signed) {
  switch (size) {
    case 1: return is_signed ? H5T_STD_I8LE : H5T_STD_U8LE;
    case 2: return is_signed ? H5T_STD_I16LE : H5T_STD_U16LE;
    case 4: return is_signed ? H5T_STD_I32LE : H5T_STD_U32LE;
    default: return is_signed ? H5T_STD_I64LE : H5T_STD_U64LE;
  }
}

// What has another form in another version of libhdf5.

/// Locks the file while it is open, if its file system can do that, or does not.
static inline herr_t nnm_set_file_locking(hid_t access, bool locks) {
#if H5_VERSION_GE(1, 12, 1) || (H5_VERSION_GE(1, 10, 7) && !H5_VERSION_GE(1, 12, 0))
  return H5Pset_file_locking(access, locks, 1);
#else
  (void)access, (void)locks;
  return 0;
#endif
}

// A file that lies in memory: libhdf5 reads it where it is, and neither copies nor frees it.

struct nnm_image {
  void *data;
  size_t size;
};

static inline void *nnm_image_malloc(size_t size, H5FD_file_image_op_t operation, void *image) {
  (void)operation;
  struct nnm_image *own = (struct nnm_image *)image;
  return own && size <= own->size ? own->data : NULL;
}

static inline void *nnm_image_memcpy(
    void *to, const void *from, size_t size, H5FD_file_image_op_t operation, void *image) {
  (void)size, (void)operation, (void)image;
  return to == from ? to : NULL;
}

static inline void *nnm_image_realloc(void *data, size_t size, H5FD_file_image_op_t operation, void *image) {
  (void)data, (void)size, (void)operation, (void)image;
  return NULL;
}

static inline herr_t nnm_image_free(void *data, H5FD_file_image_op_t operation, void *image) {
  (void)data, (void)operation, (void)image;
  return 0;
}

static inline void *nnm_image_keep(void *image) { return image; }

static inline herr_t nnm_image_release(void *image) {
  (void)image;
  return 0;
}

/// Makes what is opened with these settings the bytes of `image`, which must stay in place until the file is closed.
static inline herr_t nnm_set_image(hid_t access, struct nnm_image *image) {
  H5FD_file_image_callbacks_t callbacks = {
      nnm_image_malloc, nnm_image_memcpy, nnm_image_realloc, nnm_image_free, nnm_image_keep, nnm_image_release, image};
  if (H5Pset_fapl_core(access, 1 << 16, 0) < 0) return -1;
  if (H5Pset_file_image_callbacks(access, &callbacks) < 0) return -1;
  return H5Pset_file_image(access, image->data, image->size);
}

/// What an object is, and which: equal identities are one object.
struct nnm_object {
  H5O_type_t type;
  unsigned char identity[16];
};

static inline herr_t nnm_get_object(hid_t place, const char *name, struct nnm_object *object) {
  memset(object, 0, sizeof *object);
#if H5_VERSION_GE(1, 12, 0)
  H5O_info2_t info;
  herr_t result = H5Oget_info_by_name3(place, name, &info, H5O_INFO_BASIC, H5P_DEFAULT);
  if (result < 0) return result;
  memcpy(object->identity, &info.token, sizeof object->identity);
#else
  H5O_info_t info;
  herr_t result = H5Oget_info_by_name2(place, name, &info, H5O_INFO_BASIC, H5P_DEFAULT);
  if (result < 0) return result;
  memcpy(object->identity, &info.addr, sizeof info.addr);
#endif
  object->type = info.type;
  return result;
}

/// Takes a link; returns 0 to go on and 1 to stop.
typedef herr_t (*nnm_link_visitor)(const char *name, H5L_type_t type, void *context);

struct nnm_link_visit {
  nnm_link_visitor visitor;
  void *context;
};

#if H5_VERSION_GE(1, 12, 0)
typedef H5L_info2_t nnm_link_info;
#else
typedef H5L_info_t nnm_link_info;
#endif

static inline herr_t nnm_visit_link(hid_t group, const char *name, const nnm_link_info *info, void *data) {
  (void)group;
  struct nnm_link_visit *visit = (struct nnm_link_visit *)data;
  return visit->visitor(name, info->type, visit->context);
}

/// Visits the links of a group in the order in which they lie; a negative result is a failure.
///
/// To sort them, libhdf5 1.10 makes a table, and if a damaged file ends the list early it frees entries that it never wrote.
static inline herr_t nnm_visit_links(hid_t group, nnm_link_visitor visitor, void *context) {
  struct nnm_link_visit visit = {visitor, context};
  hsize_t position = 0;
#if H5_VERSION_GE(1, 12, 0)
  return H5Literate2(group, H5_INDEX_NAME, H5_ITER_NATIVE, &position, nnm_visit_link, &visit);
#else
  return H5Literate(group, H5_INDEX_NAME, H5_ITER_NATIVE, &position, nnm_visit_link, &visit);
#endif
}

// Texts of varying length lie in the file's global heap, and libhdf5 1.10 believes the sizes in it: a damaged one makes it
// write where it must not. So it is asked only for the references to them, by "converting" each to as many bytes without
// meaning.

static inline herr_t nnm_keep_bytes(hid_t source, hid_t target, H5T_cdata_t *data, size_t count, size_t stride,
                                    size_t background_stride, void *values, void *background, hid_t transfer) {
  (void)count, (void)stride, (void)background_stride, (void)values, (void)background, (void)transfer;
  if (data->command != H5T_CONV_INIT) return 0;
  data->need_bkg = H5T_BKG_NO;
  return H5Tis_variable_str(source) > 0 && H5Tget_size(source) == H5Tget_size(target) ? 0 : -1;
}

/// Lets texts of varying length be read as opaque values.
static inline herr_t nnm_register_keep_bytes(hid_t text, hid_t opaque) {
  return H5Tregister(H5T_PERS_SOFT, "nnm_keep_bytes", text, opaque, nnm_keep_bytes);
}

/// The sentence of the innermost failure on libhdf5's error stack.
struct nnm_reason {
  char text[256];
};

static inline herr_t nnm_note_reason(unsigned position, const H5E_error2_t *error, void *data) {
  struct nnm_reason *reason = (struct nnm_reason *)data;
  if (position == 0 && error->desc) strncpy(reason->text, error->desc, sizeof reason->text - 1);
  return 0;
}

static inline struct nnm_reason nnm_last_reason(void) {
  struct nnm_reason reason;
  memset(&reason, 0, sizeof reason);
  H5Ewalk2(H5E_DEFAULT, H5E_WALK_UPWARD, nnm_note_reason, &reason);
  H5Eclear2(H5E_DEFAULT);
  return reason;
}

#endif
