/* The native methods of org.distbelief.paramserver.kernel.NativeRules. The caller has checked buffers and lengths. */
#include <jni.h>

#include "encodings.h"
#include "memory.h"
#include "rules.h"
#include "vectors.h"

/* The order of the constants of CompiledUpdate.Form. */
enum form { SGD, MOMENTUM, ADAGRAD, RMS_PROP, ADAM, DELAY_COMPENSATED, ADAPTIVE_DELAY_COMPENSATED };

static float *at(JNIEnv *env, jobject buffer, jint offset) {
    return buffer == NULL ? NULL : (float *)(*env)->GetDirectBufferAddress(env, buffer) + offset;
}

JNIEXPORT void JNICALL Java_org_distbelief_paramserver_kernel_NativeRules_apply(
    JNIEnv *env, jclass self, jint form, jfloat a, jfloat b, jfloat c, jfloat d, jfloat e, jfloat f, jint length, jobject parameters,
    jobject first, jobject second, jint offset, jobject gradient, jint gradient_offset) {
    float *w = at(env, parameters, offset), *s = at(env, first, offset), *t = at(env, second, offset);
    const float *g = at(env, gradient, gradient_offset);
    switch (form) {
    case SGD:
        rule_sgd(length, a, w, g);
        break;
    case MOMENTUM:
        rule_momentum(length, a, b, w, s, g);
        break;
    case ADAGRAD:
        rule_adagrad(length, a, b, w, s, g);
        break;
    case RMS_PROP:
        rule_rms_prop(length, a, b, c, d, w, s, g);
        break;
    case ADAM:
        rule_adam(length, a, b, c, d, e, f, w, s, t, g);
        break;
    case DELAY_COMPENSATED:
        rule_delay_compensated(length, a, b, w, s, g);
        break;
    case ADAPTIVE_DELAY_COMPENSATED:
        rule_adaptive_delay_compensated(length, a, b, c, d, e, w, s, t, g);
        break;
    }
    (void)self;
}

JNIEXPORT jboolean JNICALL Java_org_distbelief_paramserver_kernel_NativeRules_finite(JNIEnv *env, jclass self,
                                                                                     jobject floats, jint offset,
                                                                                     jint length) {
    (void)self;
    return all_finite(length, at(env, floats, offset)) ? JNI_TRUE : JNI_FALSE;
}

/* The numbers of the constants of NativeVectors.Operation. */
enum operation { FILL, COPY, SCALE, AXPY, MULTIPLY, DOT };

JNIEXPORT jdouble JNICALL Java_org_distbelief_paramserver_kernel_NativeRules_vector(JNIEnv *env, jclass self,
                                                                                    jint operation, jdouble factor,
                                                                                    jint length, jobject from,
                                                                                    jint from_offset, jobject to,
                                                                                    jint to_offset) {
    const float *x = at(env, from, from_offset);
    float *y = at(env, to, to_offset);
    (void)self;
    switch (operation) {
    case FILL:
        vector_fill(length, (float)factor, y);
        break;
    case COPY:
        vector_copy(length, x, y);
        break;
    case SCALE:
        vector_scale(length, factor, y);
        break;
    case AXPY:
        vector_axpy(length, factor, x, y);
        break;
    case MULTIPLY:
        vector_multiply(length, x, y);
        break;
    case DOT:
        return vector_dot(length, x, y);
    }
    return 0;
}

/* The numbers of the constants of Encoding. */
enum encoding { BFLOAT16 = 2, FLOAT16 = 3 };

static uint16_t *encoded_at(JNIEnv *env, jobject buffer, jint byte) {
    return (uint16_t *)((char *)(*env)->GetDirectBufferAddress(env, buffer) + byte);
}

JNIEXPORT void JNICALL Java_org_distbelief_paramserver_kernel_NativeRules_encode(
    JNIEnv *env, jclass self, jint encoding, jint length, jobject floats, jint offset, jobject rest, jint rest_offset,
    jobject encoded, jint byte) {
    const float *x = at(env, floats, offset);
    float *r = at(env, rest, rest_offset);
    uint16_t *y = encoded_at(env, encoded, byte);
    if (encoding == BFLOAT16) {
        if (r) encode_rest_bfloat16(length, x, r, y);
        else encode_bfloat16(length, x, y);
    } else {
        if (r) encode_rest_float16(length, x, r, y);
        else encode_float16(length, x, y);
    }
    (void)self;
}

JNIEXPORT void JNICALL Java_org_distbelief_paramserver_kernel_NativeRules_decode(JNIEnv *env, jclass self,
                                                                                 jint encoding, jint length,
                                                                                 jobject encoded, jint byte,
                                                                                 jobject floats, jint offset) {
    const uint16_t *x = encoded_at(env, encoded, byte);
    float *y = at(env, floats, offset);
    if (encoding == BFLOAT16) decode_bfloat16(length, x, y);
    else decode_float16(length, x, y);
    (void)self;
}

JNIEXPORT jint JNICALL Java_org_distbelief_paramserver_kernel_NativeRules_sealedMemory(JNIEnv *env, jclass self,
                                                                                       jstring name, jlong bytes) {
    (void)self;
    const char *chars = (*env)->GetStringUTFChars(env, name, NULL);
    if (chars == NULL) {
        return -1;
    }
    const int descriptor = sealed_memory(chars, bytes);
    (*env)->ReleaseStringUTFChars(env, name, chars);
    return descriptor;
}

JNIEXPORT jobject JNICALL Java_org_distbelief_paramserver_kernel_NativeRules_mapMemory(JNIEnv *env, jclass self,
                                                                                       jint descriptor, jlong bytes) {
    (void)self;
    void *mapped = map_memory(descriptor, bytes);
    return mapped == NULL ? NULL : (*env)->NewDirectByteBuffer(env, mapped, bytes);
}

JNIEXPORT void JNICALL Java_org_distbelief_paramserver_kernel_NativeRules_freeMemory(JNIEnv *env, jclass self,
                                                                                     jint descriptor, jobject mapped) {
    (void)self;
    if (mapped == NULL) {
        free_memory(descriptor, NULL, 0);
    } else {
        free_memory(descriptor, (*env)->GetDirectBufferAddress(env, mapped),
                    (*env)->GetDirectBufferCapacity(env, mapped));
    }
}

JNIEXPORT void JNICALL Java_org_distbelief_paramserver_kernel_NativeRules_copyPastCache(JNIEnv *env, jclass self,
                                                                                        jobject to, jint to_byte,
                                                                                        jobject from, jint from_byte,
                                                                                        jint bytes) {
    (void)self;
    copy_past_cache((char *)(*env)->GetDirectBufferAddress(env, to) + to_byte,
                    (const char *)(*env)->GetDirectBufferAddress(env, from) + from_byte, bytes);
}
