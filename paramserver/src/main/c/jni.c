/* The native methods of org.distbelief.paramserver.kernel.NativeRules. The caller has checked buffers and lengths. */
#include <jni.h>
#include <stdlib.h>

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

JNIEXPORT jboolean JNICALL Java_org_distbelief_paramserver_kernel_NativeRules_vectors(
    JNIEnv *env, jclass self, jint length, jintArray operations, jdoubleArray factors, jobjectArray to, jintArray to_offsets,
    jobjectArray from, jintArray from_offsets, jdoubleArray results) {
    const int count = (int)(*env)->GetArrayLength(env, operations);
    struct vector_step *steps = malloc((size_t)count * sizeof *steps + 1);
    jint *ints = (*env)->GetIntArrayElements(env, operations, NULL);
    jint *to_ints = (*env)->GetIntArrayElements(env, to_offsets, NULL);
    jint *from_ints = (*env)->GetIntArrayElements(env, from_offsets, NULL);
    jdouble *doubles = (*env)->GetDoubleArrayElements(env, factors, NULL);
    jdouble *sums = (*env)->GetDoubleArrayElements(env, results, NULL);
    const int all = steps && ints && to_ints && from_ints && doubles && sums;
    if (all) {
        for (int s = 0; s < count; s++) {
            jobject y = (*env)->GetObjectArrayElement(env, to, s), x = (*env)->GetObjectArrayElement(env, from, s);
            steps[s] = (struct vector_step){(enum vector_operation)ints[s], doubles[s], at(env, y, to_ints[s]),
                                            at(env, x, from_ints[s])};
            (*env)->DeleteLocalRef(env, y);
            (*env)->DeleteLocalRef(env, x);
        }
        vectors_run(length, count, steps, sums);
    }
    if (sums) (*env)->ReleaseDoubleArrayElements(env, results, sums, 0);
    if (doubles) (*env)->ReleaseDoubleArrayElements(env, factors, doubles, JNI_ABORT);
    if (from_ints) (*env)->ReleaseIntArrayElements(env, from_offsets, from_ints, JNI_ABORT);
    if (to_ints) (*env)->ReleaseIntArrayElements(env, to_offsets, to_ints, JNI_ABORT);
    if (ints) (*env)->ReleaseIntArrayElements(env, operations, ints, JNI_ABORT);
    free(steps);
    (void)self;
    return all ? JNI_TRUE : JNI_FALSE;
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
